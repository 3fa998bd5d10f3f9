/** Carries out one stage: the side of the stage contract that does the work. */
@NullMarked
package dev.lethe.worker.stage;

import org.jspecify.annotations.NullMarked;
