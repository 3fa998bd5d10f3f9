/** Stages at work, shown to a person: bars in a terminal, lines everywhere else. */
@NullMarked
package dev.lethe.cli.progress;

import org.jspecify.annotations.NullMarked;
