/** The subcommands of {@code lethe}. */
@NullMarked
package dev.lethe.cli.command;

import org.jspecify.annotations.NullMarked;
