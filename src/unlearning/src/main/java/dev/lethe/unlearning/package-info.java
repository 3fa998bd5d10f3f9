/** Models, objectives, training, generation and evaluation. Only the package {@code tensor} knows libtorch. */
package dev.lethe.unlearning;
