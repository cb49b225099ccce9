"""How far uploads are: Gradio remembers every name of one that anybody makes up, for ever."""

from gradio.route_utils import FileUploadProgress

UPLOADS = 500  # that are remembered; the oldest goes first


class UploadProgress(FileUploadProgress):
    """Gradio's FileUploadProgress of so many uploads."""

    def track(self, upload_id):
        super().track(upload_id)
        while len(self._statuses) > UPLOADS:
            self.stop_tracking(next(iter(self._statuses)))

    def stop_tracking(self, upload_id):
        super().stop_tracking(upload_id)
        self._signals.pop(upload_id, None)

    async def is_tracked(self, upload_id):
        try:
            return await super().is_tracked(upload_id)
        finally:  # or nobody has waited for an upload
            if upload_id not in self._statuses:
                self._signals.pop(upload_id, None)
