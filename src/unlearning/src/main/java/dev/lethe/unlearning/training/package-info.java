/** Training one model by an objective: optimizer, schedule, checkpoints, and what came out. */
@NullMarked
package dev.lethe.unlearning.training;

import org.jspecify.annotations.NullMarked;
