/** What can be typed after {@code lethe}. */
@NullMarked
package dev.lethe.cli.command;

import org.jspecify.annotations.NullMarked;
