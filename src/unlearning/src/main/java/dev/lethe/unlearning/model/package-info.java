/**
 * Decoder-only language models as functions over named weights.
 *
 * <p>A {@link dev.lethe.unlearning.model.BaseModel} holds the weights; a {@link
 * dev.lethe.unlearning.model.LanguageModel} computes with them, with or without an adapter. What differs between
 * families is an {@link dev.lethe.unlearning.model.Architecture}.
 */
@NullMarked
package dev.lethe.unlearning.model;

import org.jspecify.annotations.NullMarked;
