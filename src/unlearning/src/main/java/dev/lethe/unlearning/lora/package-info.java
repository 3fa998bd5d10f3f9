/** Low-rank adapters (LoRA, Hu et al. 2021): their beginnings, and their files as PEFT has them. */
@NullMarked
package dev.lethe.unlearning.lora;

import org.jspecify.annotations.NullMarked;
