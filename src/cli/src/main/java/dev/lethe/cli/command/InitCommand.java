package dev.lethe.cli.command;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.FileTree;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.ModelConfig;
import dev.lethe.unlearning.tokenizer.BpeTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A new model. */
@Command(
        name = "init",
        description =
                "A model folder with random weights, and the tokenizer of another folder or one learned from rows.")
public final class InitCommand implements Callable<Integer> {
    private static final String TOKENIZER = "tokenizer.json";
    private static final String TOKENIZER_SETTINGS = "tokenizer_config.json";

    /** Without them transformers takes the special tokens of the model's family, of which this vocabulary has but one. */
    private static final SortedMap<String, String> SPECIAL_TOKENS = new TreeMap<>(Map.of(
            "tokenizer_class", "PreTrainedTokenizerFast",
            "bos_token", BpeTrainer.END_OF_TEXT,
            "eos_token", BpeTrainer.END_OF_TEXT,
            "pad_token", BpeTrainer.END_OF_TEXT));

    /** Where the vocabulary comes from: one of the two. */
    static final class Vocabulary {
        @Option(
                names = "--tokenizer",
                required = true,
                paramLabel = "FOLDER",
                description = "a folder with tokenizer.json")
        private @Nullable Path folder;

        @Option(
                names = "--vocabulary",
                required = true,
                paramLabel = "ROWS",
                description = "rows to learn a byte-level vocabulary of the config's vocab_size from")
        private @Nullable Path rows;
    }

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "config.json of the new model")
    private Path config;

    @ArgGroup(multiplicity = "1")
    private Vocabulary vocabulary;

    @Option(names = "--seed", defaultValue = "42", paramLabel = "N", description = "equal seeds give equal weights")
    private long seed;

    @Parameters(paramLabel = "OUT", description = "the folder to make; it must not exist")
    private Path out;

    @Override
    public Integer call() throws IOException {
        Path scratch = Files.createTempDirectory("lethe-init");
        try {
            ModelConfig shape = shape(scratch);
            Path tokenizer = tokenizer(shape, scratch);
            try (BaseModel model = BaseModel.random(shape, seed)) {
                model.save(out, shape.storedDtype(), tokenizer);
            }
        } finally {
            FileTree.delete(scratch);
        }
        System.out.println(out);
        return ExitCode.DONE.code();
    }

    private ModelConfig shape(Path scratch) throws IOException {
        if (!Files.isRegularFile(config)) {
            throw InvalidInput.at(
                    config.toString(), "file", "nothing", "the " + ModelConfig.FILE + " of the new model");
        }
        if (config.endsWith(ModelConfig.FILE)) {
            return ModelConfig.read(config.toAbsolutePath().getParent());
        }
        Files.copy(config, scratch.resolve(ModelConfig.FILE));
        return ModelConfig.read(scratch);
    }

    private Path tokenizer(ModelConfig shape, Path scratch) throws IOException {
        if (vocabulary.rows != null) {
            List<String> texts = Rows.read(vocabulary.rows).rows().stream()
                    .map(InitCommand::text)
                    .toList();
            Files.writeString(scratch.resolve(TOKENIZER), BpeTrainer.learn(texts, shape.vocabSize()));
            Files.writeString(scratch.resolve(TOKENIZER_SETTINGS), Documents.json(SPECIAL_TOKENS));
            return scratch;
        }
        Path folder = vocabulary.folder;
        if (folder == null || !Files.isRegularFile(folder.resolve(TOKENIZER))) {
            throw InvalidInput.at(String.valueOf(folder), TOKENIZER, "nothing", "a tokenizer");
        }
        return folder;
    }

    private static String text(Row row) {
        return row.input() + " " + row.output();
    }
}
