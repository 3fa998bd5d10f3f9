/** Text to token ids and back. */
@NullMarked
package dev.lethe.unlearning.tokenizer;

import org.jspecify.annotations.NullMarked;
