package dev.lethe.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.unlearning.generation.Generator;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Threads;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Times greedy generation as {@code bench/peers/generate.py} times transformers: the same options, prompts and batches; no
 * token ends a generation, so every row makes as many tokens.
 */
@Command(name = "GenerateBench", mixinStandardHelpOptions = true, showDefaultValues = true)
final class GenerateBench implements Callable<Integer> {

    @Parameters(index = "0", description = "a Hugging Face model folder")
    private Path model = Path.of("");

    @Parameters(index = "1", description = "JSON Lines with input or prompt")
    private Path prompts = Path.of("");

    @Option(names = "--batch", defaultValue = "1")
    private int batch;

    @Option(names = "--new-tokens", defaultValue = "64")
    private int newTokens;

    @Option(names = "--threads", defaultValue = "2")
    private int threads;

    @Option(names = "--limit", defaultValue = "16")
    private int limit;

    @Option(names = "--dtype", defaultValue = "float32", description = "float32 or bfloat16")
    private String dtype = "float32";

    @Option(names = "--device", defaultValue = "cpu", description = "cpu or cuda")
    private String device = "cpu";

    /** Runs. */
    public static void main(String... args) {
        System.exit(new CommandLine(new GenerateBench()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        Threads.set(threads);
        Dtype type = dtype.equals("bfloat16") ? Dtype.BF16 : Dtype.F32;
        try (TextTokenizer tokenizer = TextTokenizer.load(model);
                BaseModel base = BaseModel.load(model, type, Device.of(device))) {
            generate(new Generator(new LanguageModel(base), List.of()), tokenizer)
                    .print();
        }
        return 0;
    }

    private Figures generate(Generator generator, TextTokenizer tokenizer) throws IOException {
        List<int[]> ids =
                texts().stream().map(text -> tokenizer.encode(text, true)).toList();
        generator.greedy(ids.subList(0, Math.min(batch, ids.size())), 4, batch);
        double cpu = Figures.cpuSeconds();
        long start = System.nanoTime();
        List<int[]> made = generator.greedy(ids, newTokens, batch);
        double seconds = (System.nanoTime() - start) / 1e9;
        cpu = Figures.cpuSeconds() - cpu;
        String sample = tokenizer.decode(made.getFirst(), true);
        long tokens = (long) ids.size() * newTokens;
        return new Figures()
                .with("peer", "lethe")
                .with("rows", ids.size())
                .with("batch", batch)
                .with("newTokens", newTokens)
                .with("threads", threads)
                .with("dtype", dtype.toLowerCase(Locale.ROOT))
                .with("device", device)
                .with(
                        "promptTokens",
                        ids.stream().mapToInt(prompt -> prompt.length).sum())
                .with("seconds", seconds, 3)
                .with("cpuSeconds", cpu, 3)
                .with("tokensPerSecond", tokens / seconds, 2)
                .with("sample", sample.substring(0, Math.min(120, sample.length())));
    }

    private List<String> texts() throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<String> texts = new ArrayList<>();
        for (String line : Files.readAllLines(prompts)) {
            if (!line.isBlank() && texts.size() < limit) {
                JsonNode row = json.readTree(line);
                texts.add(row.path("input").asText(row.path("prompt").asText()));
            }
        }
        return texts;
    }
}
