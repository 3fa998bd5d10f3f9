/** SHA-256 digests of files and folders. */
@NullMarked
package dev.lethe.merge.digest;

import org.jspecify.annotations.NullMarked;
