/**
 * Carries out merges: a plan made from headers alone, pieces of tensors merged by several threads and written at their
 * places beside the target, each with a checksum in a journal, and a rename at the end. A run that is cut off continues,
 * and its bytes are those of a run that was not.
 */
@NullMarked
package dev.lethe.merge.engine;

import org.jspecify.annotations.NullMarked;
