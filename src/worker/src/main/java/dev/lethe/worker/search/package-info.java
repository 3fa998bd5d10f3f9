/** The search for the best merge: candidates, what they are held against, and which is tried next. Pure but for {@link dev.lethe.worker.search.Probe}. */
@NullMarked
package dev.lethe.worker.search;

import org.jspecify.annotations.NullMarked;
