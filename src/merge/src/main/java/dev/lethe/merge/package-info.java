/**
 * Weights on disk: safetensors, adapters, digests and merging. No tensor library, no Kubernetes.
 *
 * <p>What a user gave us and is wrong ends in {@link dev.lethe.merge.InvalidInput}; what is well-formed but not
 * acceptable, such as a pickle file, in {@link dev.lethe.merge.RefusedInput}.
 */
@NullMarked
package dev.lethe.merge;

import org.jspecify.annotations.NullMarked;
