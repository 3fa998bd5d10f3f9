/** A finished run for people: the table that ends it in a terminal, and {@code report.html}. */
@NullMarked
package dev.lethe.worker.report;

import org.jspecify.annotations.NullMarked;
