/**
 * Files from where they are: hubs, object stores and registries. A {@link dev.lethe.sources.Store} says what a name stands for
 * and opens ranges of files, {@link dev.lethe.sources.Fetch} brings them to this machine, and
 * {@link dev.lethe.sources.SourceCache} keeps what was brought.
 */
@NullMarked
package dev.lethe.sources;

import org.jspecify.annotations.NullMarked;
