/** A whole job without a cluster: the same planners, and attempts in this process. */
@NullMarked
package dev.lethe.cli.run;

import org.jspecify.annotations.NullMarked;
