/** Reading what surely ends; writing that is complete or absent: nothing half-written ever has a final name. */
@NullMarked
package dev.lethe.merge.file;

import org.jspecify.annotations.NullMarked;
