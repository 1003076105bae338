package io.github.qwen3tts.hub;

import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Fetches checkpoints by name into the cache of the hub's Python client, or finds them there. Every byte is checked
 * against the hash that the hub lists; what was begun is continued; nothing half-done is ever visible. For any number of
 * threads and processes at once: the first fetches, the others wait and find it done.
 */
public final class ModelHub {

    private static final String DEMO = "demo";

    private final HubOptions options;
    private final RetryPolicy retryPolicy;
    private final Disk disk;

    /**
     * A hub with given options.
     *
     * @param options which hub, as whom, and where files are kept
     */
    public ModelHub(HubOptions options) {
        this(options, RetryPolicy.DEFAULT, Disk.LOCAL);
    }

    ModelHub(HubOptions options, RetryPolicy retryPolicy, Disk disk) {
        this.options = options;
        this.retryPolicy = retryPolicy;
        this.disk = disk;
    }

    /**
     * The hub that this process's environment variables name; see {@link HubOptions#from}.
     *
     * @return the hub
     * @throws InvalidRequestException if a variable's value cannot be used
     */
    public static ModelHub fromEnvironment() {
        return new ModelHub(HubOptions.from(System.getenv()));
    }

    /**
     * Finds a model that a jar of the class path brings, such as {@code demo} of {@code qwen3tts-demo-voice}.
     *
     * @param name what a user typed, in any case of letters
     * @return the model, or empty
     * @throws ModelLoadException if a jar's model cannot be used, or two jars bring different models of this name
     */
    public static Optional<BundledModel> bundled(String name) {
        return BundledModels.find(name);
    }

    /**
     * Turns what a user typed into a checkpoint directory. The first of these that holds is taken: a directory with a
     * {@code config.json}; the name of a {@link BundledModel}, which is unpacked once into the user's cache directory; any
     * other directory; a model of the hub, which is downloaded.
     *
     * @param nameOrDirectory a directory, a name such as {@code demo}, a short name such as {@code 0.6b-base}, or
     *                        {@code owner/name}
     * @return a directory with the checkpoint's files
     * @throws InvalidRequestException if it is none of these
     * @throws ModelLoadException      if it cannot be unpacked or fetched
     */
    public Path resolve(String nameOrDirectory) {
        Optional<Path> directory = directory(nameOrDirectory);
        if (directory.filter(ModelHub::isCheckpoint).isPresent()) {
            return directory.get();
        }
        return bundled(nameOrDirectory)
                .map(UnpackedModels::directoryOf)
                .or(() -> directory)
                .orElseGet(() -> released(nameOrDirectory));
    }

    private Path released(String name) {
        if (name.equalsIgnoreCase(DEMO)) {
            throw new InvalidRequestException("the demo voice is not on the class path: add the dependency"
                    + " io.github.qwen3tts:qwen3tts-demo-voice in the version of qwen3tts-core, or name another model;"
                    + " released models: " + ReleasedModel.list());
        }
        String repository =
                ReleasedModel.named(name).map(ReleasedModel::repository).orElse(name);
        ReleasedModel.checkExists(repository);
        if (!SafeName.isRepository(repository)) {
            throw new InvalidRequestException("neither a directory nor the name of a model: model=" + name
                    + "; released models: " + ReleasedModel.list());
        }
        return download(repository);
    }

    /**
     * Returns the names of the checkpoints that were released.
     *
     * @return {@code owner/name} of each on the hub
     */
    public static List<String> releasedModels() {
        return ReleasedModel.names();
    }

    private static boolean isCheckpoint(Path directory) {
        return Files.isRegularFile(directory.resolve("config.json"));
    }

    private static Optional<Path> directory(String name) {
        try {
            return Optional.of(Path.of(name)).filter(Files::isDirectory);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /**
     * Fetches a checkpoint, as far as it is not here yet. Without a network the revision fetched last is used, with a
     * warning in the log.
     *
     * @param repository {@code owner/name}
     * @return the snapshot's directory
     * @throws InvalidRequestException if it cannot be a name, or only looks like one of the released models
     * @throws ModelLoadException      if it cannot be fetched; says why and what to do
     */
    public Path download(String repository) {
        Check.argument(
                SafeName.isRepository(repository),
                "a model's name reads owner/name; released models: " + ReleasedModel.list(),
                "repository",
                repository);
        ReleasedModel.checkExists(repository);
        RepositoryCache cache = new RepositoryCache(options.cache(), repository, disk);
        try {
            return new Download(options, retryPolicy, cache, repository).run();
        } catch (TransferException e) {
            throw new ModelLoadException(
                    "cannot download the model: repository=" + repository + ", endpoint=" + options.endpoint()
                            + ", failure=" + e.getMessage()
                            + (e.isUnreachable()
                                    ? "; check the network and any proxy, or give the folder of a checkpoint"
                                    : "; check the network; what has arrived is kept, so call again to go on"),
                    e);
        } catch (IOException e) {
            throw new ModelLoadException(
                    "cannot use the model cache: repository=" + repository + ", cache=" + options.cache() + ", failure="
                            + e + "; check its permissions and space, or set HF_HUB_CACHE to another folder",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelLoadException(
                    "download was interrupted: repository=" + repository + "; what has arrived is kept", e);
        }
    }
}
