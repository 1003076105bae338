package io.github.qwen3tts.hub;

import io.github.qwen3tts.api.ModelLoadException;
import io.github.qwen3tts.internal.ProgressTask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/** One repository at one revision, brought into the cache. */
final class Download {

    private static final System.Logger LOG = System.getLogger(ModelHub.class.getName());

    private final HubOptions options;
    private final RetryPolicy retryPolicy;
    private final HubClient client;
    private final RepositoryCache cache;
    private final String repository;

    Download(HubOptions options, RetryPolicy retryPolicy, RepositoryCache cache, String repository) {
        this.options = options;
        this.retryPolicy = retryPolicy;
        this.client = new HubClient(options, repository, retryPolicy.stallTimeout());
        this.cache = cache;
        this.repository = repository;
    }

    /** Returns the snapshot with all wanted files. */
    Path run() throws IOException, InterruptedException {
        Optional<Path> cached = cache.checkpoint(options.revision());
        if (cached.isPresent() && (options.offline() || wantsNothingNew())) {
            return cached.get();
        }
        if (options.offline()) {
            throw new ModelLoadException("model is not in the cache, and no request is allowed: repository="
                    + repository + ", revision=" + options.revision() + ", cache=" + options.cache()
                    + "; unset HF_HUB_OFFLINE once to fetch it");
        }
        Listing listing;
        try {
            RetryPolicy listingRetry = cached.isPresent() ? retryPolicy.once() : retryPolicy.forFirstRequest();
            listing = listingRetry.retry(() -> 0, () -> client.list());
        } catch (TransferException e) {
            if (cached.isEmpty()) {
                throw e;
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "hub cannot be reached, using what is cached: directory=" + cached.get() + ", failure="
                            + e.getMessage());
            return cached.get();
        }
        return fetch(listing);
    }

    /** A commit does not change, and a complete checkpoint has all its usual files. */
    private boolean wantsNothingNew() {
        return SafeName.isCommit(options.revision()) && options.files().equals(HubOptions.CHECKPOINT_FILES);
    }

    private Path fetch(Listing listing) throws IOException, InterruptedException {
        String commit = listing.commit();
        if (listing.files().isEmpty()) {
            throw new ModelLoadException("the repository holds none of the files wanted: repository=" + repository
                    + ", commit=" + commit + ", wanted=" + options.files() + "; released models: "
                    + ReleasedModel.list());
        }
        if (SafeName.isCommit(options.revision()) && !options.revision().equals(commit)) {
            throw new ModelLoadException("the hub answers for another commit: repository=" + repository + ", wanted="
                    + options.revision() + ", got=" + commit + "; use another endpoint (HF_ENDPOINT)");
        }
        boolean complete = listing.files().stream().allMatch(file -> cache.shows(commit, file));
        if (!complete || !cache.commitOf(options.revision()).equals(Optional.of(commit))) {
            cache.exclusively(retryPolicy.sleeper(), () -> fetchMissing(listing));
        }
        return cache.snapshot(commit);
    }

    private void fetchMissing(Listing listing) throws IOException, InterruptedException {
        String commit = listing.commit();
        long here = listing.totalBytes() - missingBytes(listing);
        checkSpace(listing.totalBytes() - here);
        List<RemoteFile> fresh = new ArrayList<>();
        ProgressTask progress = new ProgressTask(
                options.progress(), "download " + repository, cache.folder(), here, listing.totalBytes(), "bytes");
        for (RemoteFile file : listing.files()) {
            if (!cache.shows(commit, file) && !cache.holds(file)) {
                long others = here - (file.size() - cache.missingBytes(commit, file));
                fetchFile(listing, file, received -> progress.reach(others + received));
                here = others + file.size();
                fresh.add(file);
            }
        }
        // Shown only when all are here, config.json last: a snapshot with it is complete.
        for (RemoteFile file : configLast(listing.files())) {
            if (!cache.shows(commit, file)) {
                cache.show(commit, file, fresh.contains(file));
            }
        }
        cache.remember(options.revision(), commit);
    }

    private void fetchFile(Listing listing, RemoteFile file, LongConsumer progress)
            throws IOException, InterruptedException {
        new FileDownload(client, listing.commit(), file, cache.partial(file), progress).run(retryPolicy);
        cache.keep(file);
    }

    private long missingBytes(Listing listing) throws IOException {
        long missing = 0;
        for (RemoteFile file : listing.files()) {
            missing += cache.missingBytes(listing.commit(), file);
        }
        return missing;
    }

    private void checkSpace(long needed) throws IOException {
        long usable = cache.usableBytes();
        if (needed > usable) {
            throw new ModelLoadException("not enough space for the model: repository=" + repository
                    + ", neededBytes=" + needed + ", usableBytes=" + usable + ", cache=" + options.cache()
                    + "; make room, or set HF_HUB_CACHE to a folder on another disk");
        }
    }

    private static List<RemoteFile> configLast(List<RemoteFile> files) {
        List<RemoteFile> ordered = new ArrayList<>(files);
        ordered.removeIf(file -> file.name().equals("config.json"));
        files.stream().filter(file -> file.name().equals("config.json")).forEach(ordered::add);
        return ordered;
    }
}
