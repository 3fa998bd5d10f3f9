/**
 * What users write about merges of models: methods with parameters for models, layers and tensors, in our own form or in
 * mergekit's; and the plan that follows from it and from the headers of the files.
 */
@NullMarked
package dev.lethe.merge.recipe;

import org.jspecify.annotations.NullMarked;
