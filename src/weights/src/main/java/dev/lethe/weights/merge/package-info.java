/** Merging: named methods over blocks of numbers, adapters into adapters, adapters into models. */
@NullMarked
package dev.lethe.weights.merge;

import org.jspecify.annotations.NullMarked;
