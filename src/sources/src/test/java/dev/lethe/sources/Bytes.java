package dev.lethe.sources;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Files of random bytes. */
final class Bytes {
    /** Small chunks, so that small files have many. */
    static final Transfer TRANSFER = new Transfer(1000, 3, Duration.ofMillis(1), 5);

    private Bytes() {}

    static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** A model of two shards, with files that nobody takes. */
    static Map<String, byte[]> model() {
        Map<String, byte[]> files = taken();
        files.put("pytorch_model.bin", random(300, 5));
        files.put("modeling_evil.py", random(30, 6));
        files.put("onnx/model-00001-of-00002.safetensors", random(300, 7));
        return files;
    }

    /** What is taken of it. */
    static Map<String, byte[]> taken() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("config.json", random(200, 1));
        files.put("model.safetensors.index.json", random(1500, 2));
        files.put("model-00001-of-00002.safetensors", random(12_345, 3));
        files.put("model-00002-of-00002.safetensors", random(7_000, 4));
        files.put("tokenizer.json", new byte[0]);
        files.put("README.md", random(10, 8));
        return files;
    }

    /** The digests of what is taken of it, by name. */
    static Map<String, String> digests() {
        Map<String, String> digests = new TreeMap<>();
        taken().forEach((name, content) -> digests.put(name, HubServer.hex("SHA-256", content)));
        return digests;
    }

    /** The digests of the files of a folder, by name. */
    static Map<String, String> digests(Path path) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(path)) {
            for (Path file : paths.filter(Files::isRegularFile).toList()) {
                files.put(file.getFileName().toString(), HubServer.hex("SHA-256", Files.readAllBytes(file)));
            }
        }
        return files;
    }
}
