package dev.lethe.unlearning.lora;

import java.nio.file.Path;

/**
 * An adapter in a folder.
 *
 * @param digest of the folder's content
 */
public record StoredAdapter(Path folder, String digest) {}
