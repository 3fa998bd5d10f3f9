/** LoRA adapters as PEFT keeps them on disk. */
@NullMarked
package dev.lethe.weights.adapter;

import org.jspecify.annotations.NullMarked;
