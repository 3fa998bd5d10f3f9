/** SHA-256 digests of files and folders. */
@NullMarked
package dev.lethe.weights.digest;

import org.jspecify.annotations.NullMarked;
