/** Rows to forget, to keep and to learn: read strictly, turned into tokens, paired, ordered and batched. */
@NullMarked
package dev.lethe.unlearning.data;

import org.jspecify.annotations.NullMarked;
