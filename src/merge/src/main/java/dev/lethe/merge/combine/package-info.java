/** Merging: named methods over blocks of numbers, adapters into adapters, adapters into models. */
@NullMarked
package dev.lethe.merge.combine;

import org.jspecify.annotations.NullMarked;
