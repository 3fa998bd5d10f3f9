/** What a user wrote, read for this machine. */
@NullMarked
package dev.lethe.cli.manifest;

import org.jspecify.annotations.NullMarked;
