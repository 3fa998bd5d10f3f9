/** LoRA adapters as PEFT keeps them on disk. */
@NullMarked
package dev.lethe.merge.adapter;

import org.jspecify.annotations.NullMarked;
