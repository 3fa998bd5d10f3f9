/** What the machine has to compute with, asked of the system and of the GPU's driver, without libtorch. */
@NullMarked
package dev.lethe.unlearning.hardware;

import org.jspecify.annotations.NullMarked;
