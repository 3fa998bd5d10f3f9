/** What the processes of stages share: how they fail and stop. */
@NullMarked
package dev.lethe.worker;

import org.jspecify.annotations.NullMarked;
