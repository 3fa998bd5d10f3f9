/**
 * Carries out merges: a plan made from headers alone, chunks of tensors merged by several threads and written at their
 * places beside the target, each with a checksum in a journal, and a rename at the end. An interrupted run continues,
 * and its bytes are those of a run that was not interrupted.
 */
@NullMarked
package dev.lethe.merge.engine;

import org.jspecify.annotations.NullMarked;
