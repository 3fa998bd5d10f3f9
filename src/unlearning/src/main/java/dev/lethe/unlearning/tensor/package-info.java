/**
 * Tensors on libtorch: the only package that knows that native memory exists.
 *
 * <p>A {@link dev.lethe.unlearning.tensor.Tensor} made inside an open {@link dev.lethe.unlearning.tensor.Scope} is freed
 * when the scope closes. The tensors that autograd saved for a backward pass live on in the graph, so a scope per layer
 * and per step keeps memory flat and gradients right.
 */
@NullMarked
package dev.lethe.unlearning.tensor;

import org.jspecify.annotations.NullMarked;
