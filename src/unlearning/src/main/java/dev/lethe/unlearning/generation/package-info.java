/** Greedy generation, and the likelihood of given texts. */
@NullMarked
package dev.lethe.unlearning.generation;

import org.jspecify.annotations.NullMarked;
