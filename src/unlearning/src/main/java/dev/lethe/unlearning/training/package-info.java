/** Training one model by an objective: optimizer, schedule, checkpoints, and the result. */
@NullMarked
package dev.lethe.unlearning.training;

import org.jspecify.annotations.NullMarked;
