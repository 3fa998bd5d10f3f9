/** What specs say, as the engines of training and merging take it. */
@NullMarked
package dev.lethe.worker.engine;

import org.jspecify.annotations.NullMarked;
