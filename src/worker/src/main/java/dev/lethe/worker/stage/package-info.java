/** Runs one stage: the worker's side of the stage contract. */
@NullMarked
package dev.lethe.worker.stage;

import org.jspecify.annotations.NullMarked;
