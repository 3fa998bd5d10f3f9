/**
 * Merge methods: formulas over blocks of aligned numbers. A method sees sources of numbers, not files. It computes what
 * it must know of a whole tensor (thresholds, lengths, angles) in passes, and then merges the chunks of the tensor in
 * any order. One class for each method, one line for each in {@link dev.lethe.merge.method.Methods}.
 *
 * <p>Rules that make the bytes independent of threads, memory and shards: chunks follow from the shape alone; inputs
 * are always taken in the order of the configuration; sums of floating-point numbers run in a fixed order (float64 over
 * blocks, blocks in order); random numbers follow from seed, tensor, input and element; nothing is fused.
 */
@NullMarked
package dev.lethe.merge.method;

import org.jspecify.annotations.NullMarked;
