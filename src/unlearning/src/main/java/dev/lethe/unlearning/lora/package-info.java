/** Low-rank adapters (LoRA, Hu et al. 2021): their initialisation, and their files in the format of PEFT. */
@NullMarked
package dev.lethe.unlearning.lora;

import org.jspecify.annotations.NullMarked;
