/** What training minimises: one class for each published formula, found by name. */
@NullMarked
package dev.lethe.unlearning.objective;

import org.jspecify.annotations.NullMarked;
