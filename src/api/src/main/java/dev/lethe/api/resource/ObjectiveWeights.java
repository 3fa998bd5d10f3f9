package dev.lethe.api.resource;

import org.jspecify.annotations.Nullable;

/** Weights of the loss terms: forget (NPO), retain (cross-entropy on retain rows), kl (KL to the reference). */
public record ObjectiveWeights(@Nullable Double forget, @Nullable Double retain, @Nullable Double kl) {}
