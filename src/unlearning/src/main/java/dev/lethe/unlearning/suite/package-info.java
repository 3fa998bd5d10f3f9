/**
 * Suites: from a model and data to named numbers with their counts and intervals. What cannot be measured is reported
 * with its reason, never with a number.
 */
@NullMarked
package dev.lethe.unlearning.suite;

import org.jspecify.annotations.NullMarked;
