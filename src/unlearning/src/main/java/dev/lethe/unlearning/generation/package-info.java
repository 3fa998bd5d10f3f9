/** What a model says, and how likely it finds what others say. */
@NullMarked
package dev.lethe.unlearning.generation;

import org.jspecify.annotations.NullMarked;
