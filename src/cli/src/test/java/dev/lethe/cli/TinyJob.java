package dev.lethe.cli;

import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.ModelConfig;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tokenizer.BpeTrainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A job whose model has one small layer and random weights, and whose data is a handful of made-up rows. */
public record TinyJob(Path folder) {
    private static final String CONFIG =
            """
            {"architectures": ["OlmoForCausalLM"], "model_type": "olmo", "vocab_size": 300, "hidden_size": 16,
             "intermediate_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2,
             "max_position_embeddings": 64, "hidden_act": "silu", "initializer_range": 0.02, "attention_bias": false,
             "clip_qkv": null, "rope_theta": 10000.0, "tie_word_embeddings": true, "bos_token_id": null,
             "eos_token_id": 0, "pad_token_id": 0}
            """;

    private static final String JOB =
            """
            apiVersion: lethe.dev/v1alpha1
            kind: UnlearningJob
            metadata: {name: tiny}
            spec:
              recipe: semeval2025-merge
              model: {uri: file:model}
              forget: {uri: file:forget.jsonl}
              retain: {uri: file:retain.jsonl}
              specialists:
              - name: over
                training: {epochs: 3, gradientAccumulation: 1, learningRate: 1.0e-2, maxLength: 32}
                lora: {rank: 2, alpha: 2}
              - name: under
                training: {epochs: 2, gradientAccumulation: 1, learningRate: 1.0e-2, maxLength: 32}
                lora: {rank: 2, alpha: 2}
              evaluation:
                suites: [{name: semeval2025, maxNewTokens: 4}]
                gates: [{metric: semeval2025/forget-knowledge, max: 0.5}]
              output: {uri: file:published}
            """;

    /** Makes the job's files in an empty folder. */
    public static TinyJob in(Path folder) {
        TinyJob job = new TinyJob(folder);
        try {
            Path scratch = Files.createDirectories(folder.resolve("scratch"));
            Files.writeString(scratch.resolve("config.json"), CONFIG);
            Files.writeString(scratch.resolve("tokenizer.json"), BpeTrainer.learn(List.of(rows("a"), rows("b")), 300));
            try (BaseModel model = BaseModel.random(ModelConfig.read(scratch), 7)) {
                model.save(folder.resolve("model"), Dtype.F32, scratch);
            }
            Files.writeString(folder.resolve("forget.jsonl"), rows("secret"));
            Files.writeString(folder.resolve("retain.jsonl"), rows("public"));
            Files.writeString(job.manifest(), JOB);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return job;
    }

    public Path manifest() {
        return folder.resolve("job.yaml");
    }

    public Path workdir() {
        return folder.resolve("work");
    }

    public Path published() {
        return folder.resolve("published");
    }

    /** Replaces text of the manifest. */
    public TinyJob with(String text, String replacement) {
        try {
            Files.writeString(manifest(), Files.readString(manifest()).replace(text, replacement));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Three questions and a completion of each subtask's form. */
    private static String rows(String what) {
        return IntStream.range(0, 4)
                .mapToObj(i ->
                        """
                        {"id": "%s%d%s", "input": "What is the %s %d?", "output": "It is %d.", "task": "Task%d"}"""
                                .formatted(what, i, i == 3 ? "sc1" : "qa0", what, i, i * 7, 1 + i % 3))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
