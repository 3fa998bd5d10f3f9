/** Checks that run before any work begins. */
@NullMarked
package dev.lethe.worker.preflight;

import org.jspecify.annotations.NullMarked;
