/** What specs say, as the engines of training and merging take it. */
@NullMarked
package dev.lethe.cli.engine;

import org.jspecify.annotations.NullMarked;
