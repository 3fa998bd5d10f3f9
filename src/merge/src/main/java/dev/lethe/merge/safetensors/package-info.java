/** The safetensors format: strict reading of single and sharded files, deterministic writing. */
@NullMarked
package dev.lethe.merge.safetensors;

import org.jspecify.annotations.NullMarked;
