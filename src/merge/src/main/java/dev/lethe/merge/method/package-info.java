/**
 * Merge methods: formulas over blocks of aligned numbers. A method sees sources of numbers and nothing of files; what it
 * must know of a whole tensor (where to cut, lengths, angles) it reads in passes, and then merges the pieces of the
 * tensor in any order. One class for each method, one line for each in {@link dev.lethe.merge.method.Methods}.
 *
 * <p>Rules that make the bytes independent of threads, memory and shards: pieces follow from the shape alone; inputs are
 * always taken in the order of the configuration; sums of floating-point numbers run in a fixed order (float64 over
 * blocks, blocks in order); random numbers follow from seed, tensor, input and element; nothing is fused.
 */
@NullMarked
package dev.lethe.merge.method;

import org.jspecify.annotations.NullMarked;
