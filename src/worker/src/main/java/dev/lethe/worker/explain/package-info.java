/** What a job will do and why, in plain words, before it does anything. */
@NullMarked
package dev.lethe.worker.explain;

import org.jspecify.annotations.NullMarked;
