/**
 * Published metrics as pure functions of texts and numbers. Each class names the source it agrees with; the golden
 * numbers of that source are its test.
 */
@NullMarked
package dev.lethe.unlearning.metric;

import org.jspecify.annotations.NullMarked;
