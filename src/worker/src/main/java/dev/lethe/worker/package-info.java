/** What the processes of stages share: how they fail and stop, and the small files that they replace. */
@NullMarked
package dev.lethe.worker;

import org.jspecify.annotations.NullMarked;
