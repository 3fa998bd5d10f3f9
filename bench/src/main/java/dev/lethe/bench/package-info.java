/** Programs that measure this project as the scripts of {@code bench/peers} measure others: {@code bench/run} starts both. */
@NullMarked
package dev.lethe.bench;

import org.jspecify.annotations.NullMarked;
