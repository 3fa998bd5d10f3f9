/** Reads only files that end, and writes files and folders as a whole: nothing half-written has a final name. */
@NullMarked
package dev.lethe.merge.file;

import org.jspecify.annotations.NullMarked;
